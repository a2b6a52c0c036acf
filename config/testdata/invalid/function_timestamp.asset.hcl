output "x" {
  value = timestamp() # ERROR: Call to unknown function
}
