module "a" {
  source = "./nothing" # ERROR: Module not found
}
