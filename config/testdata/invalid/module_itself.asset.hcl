module "a" {
  source = "./" # ERROR: Module calls itself
}
