locals { text = "a" }
output "x" {
  value = local.text.name # ERROR: Unsupported attribute
}
