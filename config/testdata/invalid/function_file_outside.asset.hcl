output "x" {
  value = file("../../etc/passwd") # ERROR: Invalid function argument
}
