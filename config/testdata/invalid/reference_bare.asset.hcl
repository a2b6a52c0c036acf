output "x" {
  value = image # ERROR: Incomplete reference
}
