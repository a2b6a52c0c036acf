module "a" {
  source = "../" # ERROR: Invalid source of module
}
