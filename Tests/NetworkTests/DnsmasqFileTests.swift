import Network
import Testing

@Suite("The administrator's file for dnsmasq")
struct DnsmasqFileTests {
    private func file(_ files: [String: String]) -> DnsmasqFile {
        DnsmasqFile(
            "/a",
            from: .init(
                contents: { files[$0].map { Array($0.utf8) } },
                names: { directory in
                    files.keys.filter { $0.hasPrefix("\(directory)/") }
                        .map { String($0.dropFirst(directory.count + 1)) }.sorted()
                }))
    }

    @Test("options, comments, quotes and blanks are parsed as dnsmasq parses them")
    func syntax() {
        let text = """
              bind-interfaces # a comment
            # no-hosts
            log-facility = "/var/log/a # b"
            a#b
            """
        let options = file(["/a": text]).options
        #expect(options.map(\.name) == ["bind-interfaces", "log-facility", "a#b"])
        #expect(options.map(\.value) == [nil, "/var/log/a # b", nil])
        #expect(options.map(\.place.line) == [1, 3, 4])
        #expect(file(["/a": text]).bindsInterfaces && !file(["/a": text]).omitsHostNames)
    }

    @Test("included files and directories are selected as dnsmasq selects them")
    func includes() {
        let files = [
            "/a": "conf-file=/b\nconf-dir=/d,*.conf\nconf-dir=/e,.bak", "/b": "bind-interfaces",
            "/d/1.conf": "no-hosts", "/d/2": "keep-in-foreground", "/e/3": "user=x",
            "/e/4.bak": "no-daemon", "/e/5~": "no-daemon", "/e/#6#": "no-daemon",
        ]
        let whole = file(files)
        #expect(
            Set(whole.options.map(\.name))
                == ["conf-file", "conf-dir", "bind-interfaces", "no-hosts", "user"])
        #expect(whole["no-hosts"]?.place == SettingLocation(file: "/d/1.conf", line: 1))
        var changed = files
        changed["/d/1.conf"] = "no-resolv"
        #expect(file(changed).digest != whole.digest)
    }

    @Test("reading files that include each other ends")
    func loop() {
        #expect(
            file(["/a": "conf-file=/b\nconf-file=/b", "/b": "conf-file=/a"]).options.count < 999)
    }

    @Test(
        "options with which dnsmasq does not start are refused at their line",
        arguments: [
            ("keep-in-foreground", true), ("no-daemon", true), ("bind-interfaces", false),
            ("bind-interfaces\nbind-dynamic", true), ("interface=eth9", false),
            ("bind-interfaces\ninterface=eth9", true), ("bind-interfaces\ninterface=lxcbr0", false),
            ("user=nosuch", true), ("user=nobody", false), ("user=daemon", true),
            ("group=nosuch", true),
            ("log-facility=/nowhere/log", true), ("log-facility=local0", false),
            ("dhcp-script=/nowhere", true), ("tftp-root=/nowhere,eth0", true),
        ])
    func objections(text: String, isRefused: Bool) {
        var facts = HostFacts(fileExists: { !$0.hasPrefix("/nowhere") })
        facts.hasAccount = { name, _ in name != "nosuch" }
        facts.dnsmasqFile = { _ in file(["/a": text]) }
        let problems = validated("LXC_DHCP_CONFILE=/a", facts: facts).problems
        #expect(problems.isEmpty == !isRefused)
        #expect(problems.allSatisfy { $0.place?.file == "/a" && $0.variable == "LXC_DHCP_CONFILE" })
    }

    @Test("with bind-interfaces, dnsmasq is not started with bind-dynamic")
    func arguments() throws {
        var observed = ObservedNetwork()
        observed.bindsInterfaces = true
        observed.omitsHostNames = true
        let changes = Planner(HostCapabilities()).changes(
            to: try network("LXC_DHCP_CONFILE=/a"), from: observed, record: nil)
        guard case .startDnsmasq(_, let words)? = changes.last else {
            Issue.record("dnsmasq is not started")
            return
        }
        #expect(!words.contains("--bind-dynamic") && words.contains("--no-hosts"))
        #expect(!words.contains { $0.hasPrefix("--addn-hosts") })
    }
}
