/*
 * The limit below every server: one packet after the other, encrypted by libsrtp (AES-128-GCM) for each of N viewers and
 * handed to the kernel, paced in real time, and nothing else. In one of four ways:
 *
 *   send       one sendmsg a packet, from one socket to N others on loopback
 *   batch      sendmmsg with the packets of a frame for all viewers
 *   segments   sendmsg with UDP_SEGMENT: the packets of a frame for one viewer in one call
 *   batched    both: sendmmsg of such messages
 *
 *   floor WAY VIEWERS SECONDS   prints the CPU time a packet as JSON
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/udp.h>
#include <srtp2/srtp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif

enum { FRAMES_PER_SECOND = 30, PACKETS_PER_FRAME = 6, PACKET_BYTES = 1200, KEY_BYTES = 16 + 12, MESSAGES_PER_CALL = 1024 };
enum { SLOT_BYTES = PACKET_BYTES + SRTP_MAX_TRAILER_LEN };

struct viewer {
  int socket;
  struct sockaddr_in address;
  srtp_t srtp;
};

static void check(int ok, const char *what) {
  if (ok) return;
  perror(what);
  exit(1);
}

static struct viewer make_viewer(unsigned index) {
  struct viewer viewer = {.socket = socket(AF_INET, SOCK_DGRAM, 0)};
  check(viewer.socket >= 0, "socket");
  struct sockaddr_in any = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  check(bind(viewer.socket, (struct sockaddr *)&any, sizeof any) == 0, "bind");
  socklen_t length = sizeof viewer.address;
  check(getsockname(viewer.socket, (struct sockaddr *)&viewer.address, &length) == 0, "getsockname");

  unsigned char key[KEY_BYTES];
  for (unsigned i = 0; i < sizeof key; i++) key[i] = (unsigned char)(index * 31 + i);
  srtp_policy_t policy = {.ssrc = {.type = ssrc_any_outbound}, .key = key, .window_size = 128};
  srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtp);
  srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtcp);
  check(srtp_create(&viewer.srtp, &policy) == srtp_err_status_ok, "srtp_create");
  return viewer;
}

static void write_packet(unsigned char *packet, unsigned sequence, unsigned frame, int last) {
  memset(packet, 0x5a, PACKET_BYTES);
  unsigned timestamp = htonl(frame * (90000 / FRAMES_PER_SECOND)), ssrc = htonl(1000);
  packet[0] = 0x80;
  packet[1] = (unsigned char)(96 | (last ? 0x80 : 0));
  packet[2] = (unsigned char)(sequence >> 8);
  packet[3] = (unsigned char)sequence;
  memcpy(packet + 4, &timestamp, 4);
  memcpy(packet + 8, &ssrc, 4);
}

/* Encrypts a frame for one viewer, packet behind packet, each as long as the others; returns the length of one. */
static int protect_frame(struct viewer *viewer, unsigned char *out, unsigned frame) {
  int length = 0;
  for (int i = 0; i < PACKETS_PER_FRAME; i++) {
    unsigned char *packet = out + i * length;
    write_packet(packet, frame * PACKETS_PER_FRAME + (unsigned)i, frame, i == PACKETS_PER_FRAME - 1);
    length = PACKET_BYTES;
    check(srtp_protect(viewer->srtp, packet, &length) == srtp_err_status_ok, "srtp_protect");
  }
  return length;
}

static void send_all(int socket, struct mmsghdr *messages, int count) {
  for (int sent = 0; sent < count;) {
    int batch = count - sent < MESSAGES_PER_CALL ? count - sent : MESSAGES_PER_CALL;
    int done = sendmmsg(socket, messages + sent, (unsigned)batch, 0);
    check(done > 0, "sendmmsg");
    sent += done;
  }
}

/* Empties the viewers' sockets outside of the time that is accounted. Returns the datagrams. */
static long drain(struct viewer *viewers, int count) {
  static unsigned char buffer[SLOT_BYTES];
  long received = 0;
  for (int i = 0; i < count; i++) {
    while (recv(viewers[i].socket, buffer, sizeof buffer, MSG_DONTWAIT) > 0) received++;
  }
  return received;
}

static double cpu_us(const struct timeval *time) { return (double)time->tv_sec * 1e6 + (double)time->tv_usec; }

int main(int argc, char **argv) {
  check(argc == 4, "usage: floor send|batch|segments|batched VIEWERS SECONDS");
  const char *way = argv[1];
  int count = atoi(argv[2]), frames = atoi(argv[3]) * FRAMES_PER_SECOND;
  int segments = strcmp(way, "segments") == 0 || strcmp(way, "batched") == 0;
  int batch = strcmp(way, "batch") == 0 || strcmp(way, "batched") == 0;
  int per_viewer = segments ? 1 : PACKETS_PER_FRAME;

  check(srtp_init() == srtp_err_status_ok, "srtp_init");
  struct viewer *viewers = calloc((size_t)count, sizeof *viewers);
  for (int i = 0; i < count; i++) viewers[i] = make_viewer((unsigned)i);
  int sender = socket(AF_INET, SOCK_DGRAM, 0);

  int messages_count = count * per_viewer;
  unsigned char *buffer = malloc((size_t)count * PACKETS_PER_FRAME * SLOT_BYTES);
  struct mmsghdr *messages = calloc((size_t)messages_count, sizeof *messages);
  struct iovec *parts = calloc((size_t)messages_count, sizeof *parts);
  char control[CMSG_SPACE(sizeof(unsigned short))] = {0};
  struct cmsghdr *header = (struct cmsghdr *)control;
  *header = (struct cmsghdr){.cmsg_level = SOL_UDP, .cmsg_type = UDP_SEGMENT, .cmsg_len = CMSG_LEN(2)};

  double user_us = 0, system_us = 0;
  long received = 0;
  struct timespec due;
  clock_gettime(CLOCK_MONOTONIC, &due);
  for (int frame = 0; frame < frames; frame++) {
    struct rusage start, end;
    getrusage(RUSAGE_SELF, &start);
    for (int i = 0; i < count; i++) {
      unsigned char *out = buffer + (size_t)i * PACKETS_PER_FRAME * SLOT_BYTES;
      int length = protect_frame(&viewers[i], out, (unsigned)frame);
      unsigned short segment = (unsigned short)length;
      memcpy(CMSG_DATA(header), &segment, sizeof segment);
      for (int k = 0; k < per_viewer; k++) {
        int at = i * per_viewer + k;
        parts[at] = (struct iovec){out + k * length, (size_t)(segments ? length * PACKETS_PER_FRAME : length)};
        messages[at].msg_hdr = (struct msghdr){
            .msg_name = &viewers[i].address, .msg_namelen = sizeof viewers[i].address, .msg_iov = &parts[at], .msg_iovlen = 1};
        if (segments) {
          messages[at].msg_hdr.msg_control = control;
          messages[at].msg_hdr.msg_controllen = sizeof control;
        }
        if (!batch) check(sendmsg(sender, &messages[at].msg_hdr, 0) > 0, "sendmsg");
      }
    }
    if (batch) send_all(sender, messages, messages_count);
    getrusage(RUSAGE_SELF, &end);
    user_us += cpu_us(&end.ru_utime) - cpu_us(&start.ru_utime);
    system_us += cpu_us(&end.ru_stime) - cpu_us(&start.ru_stime);
    received += drain(viewers, count);

    due.tv_nsec += 1000000000L / FRAMES_PER_SECOND;
    if (due.tv_nsec >= 1000000000L) due.tv_sec++, due.tv_nsec -= 1000000000L;
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL) == EINTR) continue;
  }
  double packets = (double)frames * PACKETS_PER_FRAME * count;
  printf("{\"name\":\"%s\",\"viewers\":%d,\"userUsPerPacket\":%.4f,\"systemUsPerPacket\":%.4f,\"lossRatio\":%.6f}\n", way,
         count, user_us / packets, system_us / packets, 1 - (double)received / packets);
  return 0;
}
