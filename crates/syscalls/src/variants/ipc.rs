//! System V `semctl(2)`, `shmctl(2)`, `msgctl(2)`. `linux/ipc.h`, `linux/sem.h`, `linux/shm.h`.

use super::by;
use crate::model::Kind::*;
use crate::model::Len::*;
use crate::model::{Fallback, Variants, variants};

pub static SEMCTL: Variants = by(2, SEM_ROWS, Fallback::Unknown);
pub static SHMCTL: Variants = by(1, SHM_ROWS, Fallback::Unknown);
pub static MSGCTL: Variants = by(1, MSG_ROWS, Fallback::Unknown);

// GETALL writes as many shorts as the set has semaphores, which only the kernel knows.
#[rustfmt::skip]
variants! {
    SEM_ROWS;
    0 IPC_RMID Plain Never (semid: Int, semnum: Int, cmd: Command);
    1 IPC_SET Plain Never (semid: Int, semnum: Int, cmd: Command, buf: InBuf(Fixed(104)));
    2 IPC_STAT Plain Never (semid: Int, semnum: Int, cmd: Command, buf: OutBuf(Fixed(104)));
    3 IPC_INFO Plain Never (semid: Int, semnum: Int, cmd: Command, info: OutBuf(Fixed(40)));
    11 GETPID Plain Never (semid: Int, semnum: Int, cmd: Command);
    12 GETVAL Plain Never (semid: Int, semnum: Int, cmd: Command);
    13 GETALL Plain Never (semid: Int, semnum: Int, cmd: Command, array: Opaque);
    14 GETNCNT Plain Never (semid: Int, semnum: Int, cmd: Command);
    15 GETZCNT Plain Never (semid: Int, semnum: Int, cmd: Command);
    16 SETVAL Plain Never (semid: Int, semnum: Int, cmd: Command, val: Int);
    17 SETALL Plain Never (semid: Int, semnum: Int, cmd: Command, array: Ptr);
    18 SEM_STAT Plain Never (semid: Int, semnum: Int, cmd: Command, buf: OutBuf(Fixed(104)));
    19 SEM_INFO Plain Never (semid: Int, semnum: Int, cmd: Command, info: OutBuf(Fixed(40)));
    20 SEM_STAT_ANY Plain Never (semid: Int, semnum: Int, cmd: Command, buf: OutBuf(Fixed(104)));
}

#[rustfmt::skip]
variants! {
    SHM_ROWS;
    0 IPC_RMID Plain Never (shmid: Int, cmd: Command);
    1 IPC_SET Plain Never (shmid: Int, cmd: Command, buf: InBuf(Fixed(112)));
    2 IPC_STAT Special(Shmctl) Never (shmid: Int, cmd: Command, buf: OutBuf(Fixed(112)));
    3 IPC_INFO Plain Never (shmid: Int, cmd: Command, info: OutBuf(Fixed(72)));
    11 SHM_LOCK Plain Never (shmid: Int, cmd: Command);
    12 SHM_UNLOCK Plain Never (shmid: Int, cmd: Command);
    13 SHM_STAT Plain Never (shmid: Int, cmd: Command, buf: OutBuf(Fixed(112)));
    14 SHM_INFO Plain Never (shmid: Int, cmd: Command, info: OutBuf(Fixed(48)));
    15 SHM_STAT_ANY Plain Never (shmid: Int, cmd: Command, buf: OutBuf(Fixed(112)));
}

#[rustfmt::skip]
variants! {
    MSG_ROWS;
    0 IPC_RMID Plain Never (msqid: Int, cmd: Command);
    1 IPC_SET Plain Never (msqid: Int, cmd: Command, buf: InBuf(Fixed(120)));
    2 IPC_STAT Plain Never (msqid: Int, cmd: Command, buf: OutBuf(Fixed(120)));
    3 IPC_INFO Plain Never (msqid: Int, cmd: Command, info: OutBuf(Fixed(32)));
    11 MSG_STAT Plain Never (msqid: Int, cmd: Command, buf: OutBuf(Fixed(120)));
    12 MSG_INFO Plain Never (msqid: Int, cmd: Command, info: OutBuf(Fixed(32)));
    13 MSG_STAT_ANY Plain Never (msqid: Int, cmd: Command, buf: OutBuf(Fixed(120)));
}
