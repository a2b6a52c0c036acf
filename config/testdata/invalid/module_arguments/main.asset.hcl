module "ui" { # ERROR: Missing argument of module
  source = "./ui"
  mood   = "x" # ERROR: Unsupported argument of module
}
