output "x" {
  value = true ? { a = 1 } : ["b"] # ERROR: Inconsistent conditional result types
}
