//! Inter-process communication: System V, POSIX message queues, keys. `linux/sem.h`, `linux/shm.h`,
//! `linux/msg.h`, `linux/mqueue.h`, `linux/keyctl.h`.

use crate::model::Kind::*;
use crate::model::Len::*;
use crate::model::calls;
#[allow(unused_imports, reason = "not every family has all kinds of rows")]
use crate::model::{Nested::*, When};
#[allow(unused_imports, reason = "not every family has flags")]
use crate::names::*;

#[rustfmt::skip]
calls! {
    IPC;
    29 shmget Plain Never (key: Hex, size: Size, shmflg: Flags(&IPC_FLAGS));
    31 shmctl Plain Never (shmid: Int, cmd: Command, buf: Opaque) by SHMCTL;
    64 semget Plain Never (key: Hex, nsems: Int, semflg: Flags(&IPC_FLAGS));
    65 semop Plain May (semid: Int, sops: InBuf(ArgTimes(2, 6)), nsops: Size);
    66 semctl Plain Never (semid: Int, semnum: Int, cmd: Command, arg: Opaque) by SEMCTL;
    68 msgget Plain Never (key: Hex, msgflg: Flags(&IPC_FLAGS));
    69 msgsnd Plain May (msqid: Int, msgp: Ptr, msgsz: Size, msgflg: Flags(&IPC_FLAGS));
    70 msgrcv Plain May (msqid: Int, msgp: OutBuf(ResultPlus(2, 8)), msgsz: Size, msgtyp: Long, msgflg: Flags(&IPC_FLAGS));
    71 msgctl Plain Never (msqid: Int, cmd: Command, buf: Opaque) by MSGCTL;
    220 semtimedop Plain May (semid: Int, sops: InBuf(ArgTimes(2, 6)), nsops: Size, timeout: InBuf(Fixed(16)));
    240 mq_open Plain May (name: Str, oflag: Flags(&OPEN), mode: ModeIfCreated(1), attr: InBuf(Fixed(64))) -> Fd;
    241 mq_unlink Plain Never (name: Str);
    242 mq_timedsend Plain May (mqdes: Fd, msg_ptr: InBuf(Arg(2)), msg_len: Size, msg_prio: Uint, abs_timeout: InBuf(Fixed(16)));
    243 mq_timedreceive Plain May (mqdes: Fd, msg_ptr: OutBuf(Result(2)), msg_len: Size, msg_prio: OutBuf(Fixed(4)), abs_timeout: InBuf(Fixed(16)));
    244 mq_notify Plain Never (mqdes: Fd, sevp: InBuf(Fixed(64)));
    245 mq_getsetattr Plain Never (mqdes: Fd, newattr: InBuf(Fixed(64)), oldattr: OutBuf(Fixed(64)));
    248 add_key Plain Never (type: Str, description: Str, payload: InBuf(Arg(3)), plen: Size, keyring: Int);
    249 request_key Plain May (type: Str, description: Str, callout_info: Str, dest_keyring: Int);
    250 keyctl Plain May (operation: Command, arg2: Opaque, arg3: Opaque, arg4: Opaque, arg5: Opaque) by KEYCTL;
}
