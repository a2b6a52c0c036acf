output "x" {
  value = upper(["x"]) # ERROR: Invalid function argument
}
