output "x" {
  value = local.style # ERROR: Reference to undeclared local value
}
