// sendmmsg and recvmmsg over UDP: many messages, timeouts, partial success.
#include "net.h"
int main(void) {
    struct sockaddr_in name, from[4];
    int s = bound(SOCK_DGRAM, &name);
    char texts[5][10] = {"one", "two", "three", "four", "five"}, back[5][10] = {};
    struct iovec out[5], in[5];
    struct mmsghdr m[5] = {}, r[5] = {};
    for (int i = 0; i < 5; i++) {
        out[i] = (struct iovec){texts[i], strlen(texts[i])}, in[i] = (struct iovec){back[i], 4};
        m[i].msg_hdr = (struct msghdr){&name, sizeof name, &out[i], 1};
        r[i].msg_hdr = (struct msghdr){i < 4 ? &from[i] : NULL, i < 4 ? sizeof name : 0, &in[i], 1};
    }
    TRY(sendmmsg(s, m, 5, 0));
    TRY(recvmmsg(s, r, 3, 0, NULL));
    TRY(recvmmsg(s, r + 3, 2, MSG_DONTWAIT, NULL));
    for (int i = 0; i < 5; i++)
        printf("%s %d %d flags %x name %d\n", back[i], m[i].msg_len, r[i].msg_len, r[i].msg_hdr.msg_flags,
               r[i].msg_hdr.msg_namelen);
    sendmmsg(s, m, 2, 0);
    TRY(recvmmsg(s, r, 5, MSG_DONTWAIT, NULL));
    TRY(recvmmsg(s, r, 5, MSG_DONTWAIT, NULL));
    sendmmsg(s, m, 1, 0);
    TRY(recvmmsg(s, r, 1, MSG_WAITALL, &(struct timespec){5}));
    m[1].msg_hdr.msg_iov = (void *)16;
    TRY(sendmmsg(s, m, 3, 0)); // as far as it goes
    TRY(sendmmsg(s, m + 1, 2, 0));
    TRY(recvmmsg(s, r, 0, 0, NULL));
}
