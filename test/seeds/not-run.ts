/** Examples that are not run here, by how they begin, and why. An example that is neither run nor here fails. */
export const notRun: Readonly<Record<string, string>> = {
  'User Posts Media →': 'a picture, not a command',
  'third_party/webrtc/': 'a picture of folders of the C++ program, whose place this server takes',
  'media_server_cpp/\n├──': 'a picture of folders of the C++ program',
  'cd media_server_cpp': 'builds or starts the C++ program',
  'sudo apt-get install -y': 'installs what the C++ program is built with',
  'mkdir -p build && cd build': 'builds the C++ program',
  'cmake ..': 'builds the C++ program',
  './media_server': 'starts the C++ program; ./start_media_server.sh starts this one',
  'railway service create media-server': 'needs an account with a hosting company',
};
