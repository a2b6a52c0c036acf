module "a" {
  source = "./a" # ERROR: Module not found
}
