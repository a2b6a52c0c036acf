output "x" {
  value = module.ui.logo # ERROR: Reference to undeclared module
}
