module "ui" {
  source = "./ui"
  size   = null # ERROR: Invalid value for variable
}
