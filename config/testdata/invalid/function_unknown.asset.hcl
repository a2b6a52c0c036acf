output "x" {
  value = uper("x") # ERROR: Call to unknown function
}
