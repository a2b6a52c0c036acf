module "ui" {
  source = "./ui"
  size   = "large" # ERROR: Invalid value for variable
}
