import Glibc
import TestSupport
import Testing

/// Root examines the files of a hostile user, on a test host.
@Suite(.enabled(if: obstacle == nil, "\(obstacle ?? "")"))
struct HostileFiles {
    @Test(
        "no user's file is read with root privileges, forges a line, or makes doctor wait forever")
    func attacks() async {
        let said = await runAside(
            ["\(tests)/lxc-host.sh", "\(tests)/DoctorTests/hostile.sh"],
            environment: [
                "PATH": searchPath, "LANG": "C.UTF-8", "BERTH_NIC": Program.ours.path,
                "BERTH": variable("BERTH") ?? "", "tests": "\(tests)/DoctorTests",
            ])
        let cut =
            "it has more than 64 ID ranges, NICs, mounts or other entries of one kind; only the "
            + "first 64 of each are checked"
        let all = wanted.replacing("CUT", with: cut).replacing(
            "CONFIG", with: "/run/host/home/alice/.config/lxc"
        )
        .split(separator: "\n").map(String.init)
        for (found, wanted) in zip(said.lines, all) { expect(found, is: wanted, said.output) }
        expect(said.lines.count == all.count, said.output + said.errorOutput)
    }
}

private let wanted = """
    healthy: ok
    shadow: ok
      /etc/shadow: it was not read: Permission denied
    of a group: ok
      /etc/crew: it was not read: Permission denied
    3
    kernel: ok
      /proc/self/environ: it was not read: it is on a virtual file system of the kernel
      /proc/kmsg: it was not read: it is on a virtual file system of the kernel
      /sys/kernel/mm/ksm/run: it was not read: it is on a virtual file system of the kernel
      /sys/fs/cgroup/cgroup.procs: it was not read: it is on a virtual file system of the kernel
      /proc/self/root/etc/passwd: it was not read: Too many levels of symbolic links
      /sys/bus/pci/devices: it was not read: it is on a virtual file system of the kernel
    special: ok
      CONFIG/fifo: it was not read: it is not a regular file
      /dev/zero: it was not read: it is not a regular file
      /dev/ptmx: it was not read: it is not a regular file
      relative.conf: it was not read: the path does not begin with a slash
    loop: ok
      CONFIG/loop1: it was not read: Too many levels of symbolic links
    many names: ok
      CONFIG/many: it was not read: it has more than 4096 files
    large: ok
      CONFIG/large: it was not read: it is larger than 1 MiB
    10000 includes: ok
      CONFIG/none-199: it was not read: too many files of this user have been read or examined
      CONFIG/default.conf: CUT
    of itself: ok
      CONFIG/default.conf: it was not read: the files of this user together exceed 1 MiB
    300 files: ok
      CONFIG/two/276.conf: it was not read: too many files of this user have been read or examined
    1.5 MB: ok
      CONFIG/half3: it was not read: the files of this user together exceed 1 MiB
    NICs: ok
      CONFIG/default.conf: CUT
    ranges: ok
      CONFIG/default.conf: CUT
    one line: ok
    forged lines: ok
    forged name: ok
    forged files: ok
    many files: ok
      /run/host/home/alice/.local/share/lxc/evil/config: CUT
    no answer: ok
      CONFIG/hang/x: it was not read: its file system did not answer within 2 s
    berth: cannot read CONFIG/hang/log: its file system did not answer within 2 s
    Uid: 5000 5000 5000 5000
    Gid: 5000 5000 5000 5000
    Groups: 5000\u{20}
    Threads: 1
    CapPrm: 0000000000000000
    CapEff: 0000000000000000
    NoNewPrivs: 1
    terminal: 0
    descriptors: 0 1 2\u{20}
    no answer, and no end: ok
      CONFIG/hang/x: it was not read: its file system did not answer within 2 s
    no answer of the path: ok
      CONFIG/hang/x: it was not read: its file system did not answer within 2 s
    no answer of the root: ok
    stopped: ok
      CONFIG/hang/x: it was not read: its file system did not answer within 2 s
    killed: ok
      CONFIG/hang/x: it was not read: the process that reads the user's files ended early
    berth: cannot read CONFIG/log: Permission denied
      ? line 1:
          | fault
    /run/log
    root symbolic link
    berth: cannot read /run/forged/log: Permission denied
    all: 41 users, 40 without an answer, in time
    """

private let tests = String(#filePath.dropLast("/DoctorTests/HostileFiles.swift".count))

private var obstacle: String? {
    if let obstacle = Host.obstacle { return obstacle }
    if variable("BERTH") == nil { return "no BERTH: run make" }
    return access("/dev/fuse", R_OK) == 0 ? nil : "no /dev/fuse"
}
