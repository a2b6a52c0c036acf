output "x" {
  value = var["x"] # ERROR: Incomplete reference
}
