const API_KEY = 'your_api_key';
const BASE_URL = 'https://imaginator.mat3u.com/api/v1';
async function generateImage(prompt, model = 'imagen3.5') {
// Create task
const response = await fetch(`${BASE_URL}/generate_image`, {
method: 'POST',
headers: {
'Content-Type': 'application/json',
'X-API-Key': API_KEY
},
body: JSON.stringify({ prompt, model })
});
const { data } = await response.json();
const taskId = data.task_id;
// Wait for completion
while (true) {
const status = await fetch(`${BASE_URL}/task/${taskId}`, {
headers: { 'X-API-Key': API_KEY }
}).then(r => r.json());
if (status.data.status === 'completed') {
return status.data.result_url;
} else if (status.data.status === 'failed') {
throw new Error(status.data.error_message);
}
await new Promise(r => setTimeout(r, 2000));
}
}
// Usage
generateImage('A spaceship in retro-futuristic style')
.then(url => console.log('Result:', url));
