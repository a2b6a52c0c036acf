module "ui" {
  source = "./ui"
}
output "x" {
  value = module.ui.lgoo # ERROR: Unknown attribute of module
}
output "y" {
  value = module.ui.image.nothing.path # ERROR: Reference to undeclared asset
}
