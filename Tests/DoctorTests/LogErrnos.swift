import Linux
import Testing

@testable import Doctor

/// A message is explained only with an error number for which the explanation is right.
@Suite
struct LogErrnos {
    @Test("the error number decides what a message means", arguments: decisions)
    func decides(message: String, id: String) { #expect(ids(of: message) == [id], "\(message)") }

    @Test("the consequence that LXC's own helper reports is omitted")
    func consequences() {
        let log = [
            stock("476: instantiate_veth - Operation not supported - Failed to create a-b"),
            "../src/lxc/cmd/lxc_user_nic.c: 537: create_nic: Error creating veth tunnel",
            "../src/lxc/cmd/lxc_user_nic.c: 728: get_nic_if_avail: Failed to create new nic",
            "../src/lxc/cmd/lxc_user_nic.c: 1211: main: Quota reached",
        ]
        let text = log.enumerated().map { $0 == 0 ? line($1) : $1 }.joined(separator: "\n")
        #expect(ids(in: text) == ["nic-veth"])
    }

    @Test("with another error number, no cause is named")
    func others() {
        let dependent = [
            "Failed to create veth pair \"a\" and \"b\"", "Failed to clone a new set of namespaces",
            "Failed to exec \"/sbin/init\"", "Failed to finalize filesystem context 17",
            "Failed to pin rootfs", "Could not access /home/a. Please grant it x access, or add",
            "Failed to create \"/dev\" directory",
            "Failed to write uid mapping to \"/proc/7/uid_map\"",
            "Failed to execute lxc-user-nic", "Failed to set \"memory.max\" to \"1G\"",
            "Failed to create 10(lxc.monitor.web)", "Failed to enter cgroup 10",
            "Could not enable \"+memory\" controllers in the unified cgroup 9",
            "Failed to move process into target cgroup via fd 8 and 11",
            "Failed to open loop control", "Failed to mount \"/a\" on \"/b\"",
            "Failed to open seccomp policy file /a", "Failed to write AppArmor profile \"a\" to 9",
            "Can't open /dev/null", "Failed to setup sysctl parameters a to b",
            "Failed to setup proc filesystem a to b", "Failed to set limit nofile",
            "Failed to attach \"a\" to bridge \"b\"",
            "Failed to create macvlan interface \"a\" on \"b\"",
            "Failed to rename network device \"a\" to \"b\"",
            "Failed to set mtu \"9\" for veth pair \"a\" ",
            "Failed to setup ipv4 gateway to network device \"eth0\"",
            "Failed to open rootfs \"/a\"",
            "Failed to preserve net namespace", "Failed to mount cgroup2 filesystem onto 1(b)",
            "Error creating AppArmor namespace: a",
            "Failed to access to \"/a\". Check it is present",
            "Failed to open log file \"/a\"", "Failed to set the hostname to \"a\"",
        ]
        for message in dependent {
            for errno in ["Bad message", "Owner died", "Unknown error 512", "Invalid exchange"] {
                #expect(ids(of: "\(errno) - \(message)") == ["unknown"], "\(errno) - \(message)")
            }
        }
        for said in [
            "476: instantiate_veth - Device or resource busy - Failed to create a-b",
            "934: may_access_netns - Bad message - Uid 7 may not access /proc/9/ns/net",
            "89: open_and_lock - Bad message - Failed to open \"/run/lxc/nics\"",
        ] {
            // The helper's own text is quoted, without a cause.
            #expect(ids(of: stock(said)) == ["nic-other"], "\(said)")
        }
    }

    @Test("a thousand unknown errors: each is reported, and no cause is named")
    func unknown() {
        let verbs = ["Failed to", "Could not", "Cannot", "Error while trying to", "Unable to"]
        let acts = [
            "frobnicate", "reticulate", "negotiate", "align", "verify", "read", "send", "map",
            "attach", "load",
        ]
        let things = [
            "splines", "the flux state", "sequence 7", "peer \"web\"", "the ring", "record 3",
        ]
        let errnos = [
            "", "Operation not permitted - ", "No such file or directory - ",
            "Unknown error 4711 - ",
        ]
        let modules = ["start.c:lxc_spawn:1", "conf.c:lxc_setup:2", "network.c:new_function:3"]
        var count = 0
        for verb in verbs {
            for act in acts {
                for thing in things {
                    for (number, errno) in errnos.enumerated() {
                        let message = "\(errno)\(verb) \(act) \(thing)"
                        let module = modules[(count + number) % modules.count]
                        let text =
                            line("All is well", level: "INFO ") + "\n"
                            + line(message, at: module) + "\n"
                            + line("Failed to spawn container \"web\"")
                        let found = explained(text)
                        #expect(found.messages.first?.entry.id == "unknown", "\(message)")
                        #expect(found.messages.first?.text == UntrustedText(message))
                        #expect(
                            found.messages.dropFirst().allSatisfy { $0.entry.isGeneric },
                            "\(found.messages.map(\.entry.id))")
                        count += 1
                    }
                }
            }
        }
        #expect(count >= 1000)
    }

    @Test("what a hook prints, or a progress report, is not an error")
    func reports() {
        let words = "Failed to exec \"/sbin/init\""
        for level in ["INFO ", "DEBUG", "TRACE", "NOTICE"] {
            let text = line("No such file or directory - \(words)", level: level)
            #expect(explained(text).messages.isEmpty, "\(level)")
        }
        let output = line(
            "Script exec /x web produced output: lxc_user_nic.c: 1: main: Quota reached",
            level: "DEBUG", at: "conf.c:run_buffer:3")
        #expect(explained(output).messages.isEmpty)
        // A line of another program, which has no level.
        #expect(ids(in: "newuidmap: uid range [0-1) -> [7-8) not allowed") == ["subuid"])
    }

    @Test("a log of the largest size is explained in less than two seconds")
    func size() {
        var text: [UInt8] = []
        let one = Array((line("Unknown error 7 - Failed to frobnicate \"the spline\"") + "\n").utf8)
        while text.count + one.count <= 1 << 20 { text += one }
        let clock = ContinuousClock()
        let time = clock.measure {
            let found = LXCLogExplanation(of: text, file: "log", on: .alices)
            #expect(found.messages.map(\.entry.id) == ["unknown"])
        }
        // Unoptimized code is at least ten times slower than that of the program.
        #expect(time < .seconds(20), "\(time)")
    }

    @Test("every known message has a meaning, and every fatal one says what to do")
    func texts() {
        for isRoot in [true, false] {
            let known = LXCLogMessage.known(on: .alices(isRoot: isRoot))
            #expect(Set(known.map(\.id)).count == known.count)
            #expect(known.count >= 150, "\(known.count)")
            for entry in known {
                #expect(entry.meaning.hasSuffix("."), "\(entry.id)")
                #expect(!entry.isFatal || !entry.fixes.isEmpty, "\(entry.id)")
                for fix in entry.fixes {
                    guard case .advice(let text) = fix else { continue }
                    #expect(!text.hasSuffix("."), "\(entry.id)")
                }
            }
        }
    }

    private func line(
        _ message: String, level: String = "ERROR", at place: String = "start.c:f:1"
    ) -> String {
        "lxc-start web 20261121040319.586 \(level)    start - ../src/lxc/\(place) - \(message)"
    }

    private func explained(_ text: String) -> LXCLogExplanation {
        LXCLogExplanation(of: Array(text.utf8), file: "log", on: .alices)
    }

    private func ids(in text: String) -> [String] { explained(text).messages.map(\.entry.id) }

    /// The IDs of the entries that match the message when its own function logs it.
    private func ids(of message: String) -> [String] {
        let function =
            message.contains("Failed to set \"") ? "cgfsng_setup_limits" : "lxc_spawn"
        return ids(in: line(message, at: "start.c:\(function):1"))
    }
}

private let helper = LXCLogLine.helperPrefix

/// A message of LXC's own NIC helper, as lxc-start logs it.
private func stock(_ text: String) -> String {
    LXCLogLine.helperPrefix + "../src/lxc/cmd/lxc_user_nic.c: \(text)"
}

private let decisions: [(String, String)] = [
    ("Operation not supported - Failed to create veth pair \"a\" and \"b\"", "veth-module"),
    ("Not supported - Failed to create veth pair \"a\" and \"b\"", "veth-module"),
    ("File exists - Failed to create veth pair \"a\" and \"b\"", "veth-exists"),
    (
        "No such device - Failed to attach \"a\" to bridge \"b\", bridge interface doesn't exist",
        "no-bridge"
    ),
    ("No space left on device - Failed to clone a new set of namespaces", "userns-limit"),
    ("Operation not permitted - Failed to clone a new set of namespaces", "userns-denied"),
    ("Invalid argument - Failed to clone a new set of namespaces", "userns-missing"),
    (
        "Resource temporarily unavailable - Failed to clone a new set of namespaces",
        "process-limit"
    ),
    ("Permission denied - Failed to exec \"/sbin/init\"", "init-denied"),
    ("Exec format error - Failed to exec \"/sbin/init\"", "init-format"),
    ("Operation not permitted - Failed to finalize filesystem context 17", "mount-covered"),
    ("No such device - Failed to finalize filesystem context 17", "file-system-unknown"),
    (
        "Operation not permitted - Failed to mount cgroup2 filesystem onto 12((null))",
        "cgroup-mount"
    ),
    ("no systemd controller mountpoint found", "cgroup-old-lxc"),
    ("lxc-usernsexec failed: newuidmap: uid range [0-1) -> [1-2) not allowed", "subuid"),
    ("lxc-usernsexec failed: ", "usernsexec-failed"),
    ("newuidmap failed to write mapping \"\": newuidmap 7 0 100000 65536", "map-failed"),
    (
        "newuidmap failed to write mapping \"newuidmap: write to uid_map failed: Operation not "
            + "permitted\": newuidmap 7 0 100000 65536", "map-denied"
    ),
    (
        "newuidmap failed to write mapping \"newuidmap: write to uid_map faile\": newuidmap 446 0 "
            + "1000000 65536 100 1000100 10", "map-rejected"
    ),
    ("Failed to exec command", "command"),
    ("Invalid argument - Failed to create detached mount of 16/tmp", "mount-idmap-tree"),
    (
        "No such file or directory - Failed reading from "
            + "\"/sys/class/net/lxcbr0/bridge/vlan_filtering\"", "vlan-unsupported"
    ),
    ("Failed sending hello message to systemd", "cgroup-scope"),
    ("Already in a scope, must be a reboot.", "cgroup-same-scope"),
    (
        "Read-only file system - Failed to disable IPv6 link-local addresses for veth pair "
            + "\"vethAbCdEf\"", "veth-ipv6"
    ),
    ("Operation not supported - Landlock not supported on system", "landlock"),
    ("Success - Skipping Landlock due to seccomp notify", "landlock-skipped"),
    (
        "Operation not permitted - Failed to save and cleanup altnames for interface \"eth1\"",
        "altnames"
    ),
    (
        "newgidmap failed to write mapping \"newgidmap: write to gid_map failed: Invalid "
            + "argument\": newgidmap 7 0 100000 65536", "map-invalid"
    ),
    (
        helper + "berth-nic: cannot create veth1000_aBcD: Operation not supported",
        "nic-veth"
    ),
    (
        helper + "berth-nic: cannot create veth1000_aBcD: Operation not supported (Unknown "
            + "device type)", "nic-veth"
    ),
    (
        stock("476: instantiate_veth - Operation not supported - Failed to create a-b"),
        "nic-veth"
    ),
    (
        stock("476: instantiate_veth - Operation not permitted - Failed to create a-b"),
        "stock-not-setuid"
    ),
    (
        stock(
            "934: may_access_netns - No such file or directory - Uid 7 may not access "
                + "/proc/9/ns/net"), "may-access-netns"
    ),
    (
        stock(
            "970: may_access_netns: Uid 7 may not access /proc/9/ns/net: No such file or "
                + "directory"), "may-access-netns"
    ),
    (
        stock(
            "934: may_access_netns - Permission denied - Uid 7 may not access "
                + "/proc/9/ns/net"), "foreign-netns"
    ),
    (
        stock("506: get_mtu: Could not get MTU for netdev nosuch0 ifindex 0"),
        "stock-no-bridge"
    ),
]
