variable "in" {}
output "out" { value = var.in } # ERROR: Cycle of references
