# Create task
TASK_ID=$(curl -s -X POST https://imaginator.mat3u.com/api/v1/generate_image \
-H "Content-Type: application/json" \
-H "X-API-Key: your_api_key" \
-d '{"prompt": "Futuristic city", "model": "nano_banana_pro"}' \
| jq -r '.data.task_id')
echo "Task ID: $TASK_ID"
# Check status
curl -s https://imaginator.mat3u.com/api/v1/task/$TASK_ID \
-H "X-API-Key: your_api_key" | jq
