output "x" {
  value = file("nothing.txt") # ERROR: Invalid function argument
}
