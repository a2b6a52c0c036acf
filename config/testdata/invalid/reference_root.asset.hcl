output "x" {
  value = locals.style # ERROR: Unknown name in expression
}
