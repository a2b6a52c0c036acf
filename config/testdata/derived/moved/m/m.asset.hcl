output "atlas" { # ERROR: Reserved name of output
  value = 1
}
