import Cgroups
import Linux
import Testing

/// Parsing of kernel files, with fixtures from several hosts.
@Suite struct KernelTexts {
    @Test("the mounts of a host with only cgroup2 are read")
    func unified() throws {
        let mounts = CgroupMountInfo(
            mountinfo: bytes(
                """
                22 1 259:0 / / rw,noatime shared:1 - ext4 /dev/root rw
                24 22 0:22 / /sys rw,nosuid,nodev,noexec,relatime shared:7 - sysfs sysfs rw
                31 24 0:27 / /sys/fs/cgroup rw,nosuid,nodev,noexec,relatime shared:8 master:1 - \
                cgroup2 none rw,nsdelegate,favordynmods
                """))
        let mount = try #require(mounts.unified.first)
        #expect(mounts.unified.count == 1 && mounts.legacy.isEmpty)
        #expect(mount.point == bytes("/sys/fs/cgroup"))
        #expect(mount.nsdelegate && mount.favordynmods)
    }

    @Test(
        "a remount adds nsdelegate to the present options, without those that mount(8) rejects",
        arguments: [
            ("rw", "nsdelegate"), ("rw,favordynmods", "nsdelegate,favordynmods"),
            (
                "rw,seclabel,memory_recursiveprot,memory_hugetlb_accounting,x=y",
                "nsdelegate,memory_recursiveprot,memory_hugetlb_accounting"
            ),
        ])
    func remount(has: String, gets: String) throws {
        let text = "31 24 0:27 / /sys/fs/cgroup rw,nosuid,noexec shared:8 - cgroup2 none \(has)\n"
        let mount = try #require(CgroupMountInfo(mountinfo: bytes(text)).unified.first)
        #expect(!mount.nsdelegate)
        #expect(mount.remount == "mount -o remount,\(gets) /sys/fs/cgroup")
    }

    @Test("the mounts of a host with both cgroup versions are parsed, including paths with spaces")
    func hybrid() throws {
        let mounts = CgroupMountInfo(
            mountinfo: bytes(
                #"""
                30 24 0:26 / /sys/fs/cgroup ro - tmpfs tmpfs ro,size=4096k
                31 30 0:27 / /sys/fs/cgroup/uni\040fied rw - cgroup2 cgroup2 rw
                32 30 0:28 / /sys/fs/cgroup/openrc rw - cgroup cgroup rw,name=openrc
                33 30 0:29 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
                34 30 0:27 /user /mnt rw - cgroup2 cgroup2 rw
                """#))
        #expect(mounts.unified.map { $0.point } == [bytes("/sys/fs/cgroup/uni fied")])
        #expect(mounts.unified.first?.nsdelegate == false)
        // A named hierarchy has no controllers, and a mount of a subtree is not the hierarchy.
        #expect(mounts.legacy == [bytes("/sys/fs/cgroup/memory")])
    }

    @Test(
        "lines of another form are ignored",
        arguments: [
            "", "\n", "31 24 0:27 / /sys/fs/cgroup rw", "31 24 0:27 / /sys/fs/cgroup rw - cgroup2",
            "31 24 0:27 / /sys/fs/cgroup rw shared:1 cgroup2 none rw", "a b c d e f - cgroup2 none",
            "31 24 0:27 / /mnt/cgroup2 rw - fuse.cgroup2 cgroup2 rw,user_id=1000",
        ])
    func noMounts(text: String) {
        #expect(CgroupMountInfo(mountinfo: bytes(text)).unified.isEmpty)
    }

    @Test(
        "the cgroup of a process is read from /proc/PID/cgroup",
        arguments: [
            ("0::/\n", "/"), ("0::/a/b\n", "/a/b"), ("12:memory:/x\n0::/y z\n", #"/y\040z"#),
            ("1:name=systemd:/x\n0::/openrc.sshd", "/openrc.sshd"),
        ])
    func places(text: String, place: String) {
        #expect(CgroupPath.membership(in: bytes(text))?.description == place)
    }

    @Test(
        "an invalid path gives no cgroup",
        arguments: ["", "0::", "0::x\n", "0::/../a\n", "0::/a/./b\n", "1:memory:/a\n", "00::/a\n"])
    func noPlaces(text: String) {
        #expect(CgroupPath.membership(in: bytes(text)) == nil)
    }

    @Test("controllers are parsed, and the threaded ones are recognized")
    func controllers() {
        let all = Controller.list(bytes("cpuset cpu io memory hugetlb pids rdma misc perf_event\n"))
        #expect(all.count == 9)
        #expect(all.filter { $0.isThreaded }.sentence == "cpuset cpu pids perf_event")
        #expect(Controller(bytes("Memory")) == nil && Controller([]) == nil)
        #expect(Controller(bytes("memory/..")) == nil)
    }

    @Test("the list of delegated files has names and no paths")
    func delegated() {
        #expect(
            DelegatedFiles.parse(bytes("cgroup.procs\nmemory.reclaim\n"))
                == [bytes("cgroup.procs"), bytes("memory.reclaim")])
        #expect(DelegatedFiles.parse(bytes("../x\n/etc/passwd\n.\n\n.hidden\n")).isEmpty)
    }

    @Test("options of the superblock are separate from those of the mount")
    func options() {
        let line =
            "32 25 0:27 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 none rw,nsdelegate,x=y\n"
        let mounts = CgroupMountInfo(mountinfo: Array(line.utf8))
        let options = mounts.unified.first?.options.map { String(decoding: $0, as: UTF8.self) }
        #expect(options == ["nsdelegate", "x=y"])
        #expect(mounts.unified.first?.nsdelegate == true)
        #expect(mounts.unified.first?.favordynmods == false)
    }
}

private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
