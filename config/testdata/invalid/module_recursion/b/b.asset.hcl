module "a" {
  source = "../a" # ERROR: Module calls itself
}
