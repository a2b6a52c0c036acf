module "ui" {
  source = "./ui"
  size   = 3 # ERROR: Invalid value for variable
}
