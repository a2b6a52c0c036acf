output "x" {
  value = "a" + 1 # ERROR: Invalid operand
}
