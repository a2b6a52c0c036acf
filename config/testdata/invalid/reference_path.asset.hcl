output "x" {
  value = path.cwd # ERROR: Unknown attribute of path
}
