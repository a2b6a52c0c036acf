module "a" { # ERROR: Missing required argument
}
