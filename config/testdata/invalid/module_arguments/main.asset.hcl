module "ui" { # ERROR: Missing argument of module
  source = "./ui"
  stile  = "x" # ERROR: Unsupported argument of module
}
