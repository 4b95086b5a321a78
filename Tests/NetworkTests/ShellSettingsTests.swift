import Network
import Testing

@Suite("Settings files are parsed without a shell")
struct ShellSettingsTests {
    @Test(
        "Quotes, comments and blanks mean the same as in sh",
        arguments: [
            (#"LXC_DOMAIN=lxc"#, "lxc"),
            (#"LXC_DOMAIN="lxc""#, "lxc"),
            (#"LXC_DOMAIN='lxc'"#, "lxc"),
            (#"  LXC_DOMAIN="lxc"   # with a comment"#, "lxc"),
            (#"LXC_DOMAIN=l"x"'c'"#, "lxc"),
            (#"LXC_DOMAIN=a#b"#, "a#b"),
            (#"LXC_DOMAIN="a # b""#, "a # b"),
            (#"LXC_DOMAIN=a\ b"#, "a b"),
            (#"LXC_DOMAIN="a\"b""#, "a\"b"),
            (#"LXC_DOMAIN="a\nb""#, #"a\nb"#),
            (#"LXC_DOMAIN='a\b'"#, #"a\b"#),
            ("LXC_DOMAIN=a\\\nb", "ab"),
            ("LXC_DOMAIN=\"a\nb\"", "a\nb"),
            (#"export LXC_DOMAIN=lxc"#, "lxc"),
            ("LXC_DOMAIN=lxc\nexport LXC_DOMAIN USE_LXC_BRIDGE", "lxc"),
            (#"USE_LXC_BRIDGE=true LXC_DOMAIN=lxc"#, "lxc"),
            (#"USE_LXC_BRIDGE=true; LXC_DOMAIN=lxc"#, "lxc"),
            ("LXC_DOMAIN=first\nLXC_DOMAIN=second", "second"),
            (#"LXC_DOMAIN=$LXC_BRIDGE"#, "lxcbr0"),
            (#"LXC_DOMAIN="${LXC_BRIDGE}.local""#, "lxcbr0.local"),
            ("NAME=web\nLXC_DOMAIN=$NAME.lan", "web.lan"),
            (#"NAME=web LXC_DOMAIN=$NAME"#, "web"),
            (#"LXC_DOMAIN='$LXC_BRIDGE'"#, "$LXC_BRIDGE"),
            (#"LXC_DOMAIN="""#, ""),
            (#"LXC_DOMAIN="#, ""),
            ("LXC_DOMAIN=lxc\r\n", "lxc"),
        ])
    func reads(text: String, value: String) throws {
        #expect(try settings(text)[.domain].value == value)
    }

    @Test(
        "A line with a dot includes another file",
        arguments: [
            "[ ! -f /etc/default/lxc-net ] || . /etc/default/lxc-net",
            "[ -f /etc/default/lxc-net ] && . /etc/default/lxc-net",
            ". /etc/default/lxc-net",
        ])
    func includes(line: String) throws {
        let read = try settings(
            "USE_LXC_BRIDGE=\"false\"  # overridden in lxc-net\n\(line)\n",
            file: "/etc/default/lxc",
            others: ["/etc/default/lxc-net": "\nUSE_LXC_BRIDGE=\"true\"\n"])
        #expect(read[.useBridge].value == "true")
        #expect(read[.useBridge].place == SettingLocation(file: "/etc/default/lxc-net", line: 2))
    }

    @Test("An included file that does not exist is not an error")
    func missingInclude() throws {
        let read = try settings(
            "[ ! -f /etc/default/lxc-net ] || . /etc/default/lxc-net\nLXC_DOMAIN=lxc",
            file: "/etc/default/lxc")
        #expect(read[.domain].place == SettingLocation(file: "/etc/default/lxc", line: 2))
    }

    @Test("Files that include each other are an error")
    func circle() {
        let error = #expect(throws: SettingsError.self) {
            try settings(". /etc/default/lxc-net")
        }
        #expect(error?.sentence.contains("more than 8 levels deep") ?? false)
    }

    @Test("A value that doubles with each line is an error")
    func doubled() {
        let text = "A=0123456789abcdef" + String(repeating: "\nA=$A$A", count: 40)
        let error = #expect(throws: SettingsError.self) { try settings(text) }
        #expect(
            error?.description == "/etc/default/lxc-net:20: A: the value is longer than 4 MiB")
    }

    @Test(
        "Other shell syntax is an error with its place",
        arguments: [
            "LXC_DOMAIN=`hostname`", "LXC_DOMAIN=$(hostname)", "LXC_DOMAIN=\"$(hostname)\"",
            "LXC_DOMAIN=${LXC_DOMAIN:-lxc}", "LXC_DOMAIN=$1", "LXC_DOMAIN=\"open",
            "LXC_DOMAIN='open",
            "LXC_DOMAIN=$NEVER_SET", "if true; then LXC_DOMAIN=lxc; fi", "rm -rf /tmp/x",
            "LXC_DOMAIN=lxc > /tmp/x", "LXC_DOMAIN=lxc & true", "LXC_DOMAIN=lxc | cat",
            "[ -f /a ] && . /b", "[ ! -f /a ] || LXC_DOMAIN=lxc", ". relative", "LXC_DOMAIN =lxc",
            "LXC_DOMAIN=*", "(LXC_DOMAIN=lxc)", "2LXC=1", "LXC-DOMAIN=lxc", "LXC_DOMAIN=lxc stray",
        ])
    func refuses(line: String) throws {
        let error = #expect(throws: SettingsError.self) {
            try settings("# a comment\n\n\(line)\n")
        }
        #expect(error?.place == SettingLocation(file: "/etc/default/lxc-net", line: 3))
    }

    @Test("Lines are counted across a value that spans several lines")
    func linesAreCounted() throws {
        let read = try settings("LXC_FORWARDS=\"\n  tcp:1=10.0.3.9:1\n\"\nLXC_DOMAIN=lxc\n")
        #expect(read[.forwards].place?.line == 1)
        #expect(read[.domain].place?.line == 4)
    }

    @Test("An unknown LXC_ variable is reported, unless another program of LXC has it")
    func unknownVariables() throws {
        let read = try settings("LXC_ADR=10.0.3.1\nLXC_AUTO=true\nBOOTGROUPS=\"onboot,\"\n")
        #expect(read.unknown.map(\.variable) == ["LXC_ADR"])
    }

    @Test(
        "The settings files of distributions' packages are parsed", arguments: DistributionFiles.all
    )
    func distributions(files: DistributionFiles) throws {
        let read = try settings(files.lxc, file: "/etc/default/lxc", others: files.others)
        #expect(read[.useBridge].value == files.usesBridge)
        #expect(read.unknown.isEmpty)
        var validation = Validation(read, HostFacts(), isFirst: true)
        #expect((validation.network() != nil) == (files.usesBridge == "true"))
        #expect(validation.problems.isEmpty)
    }
}

/// The /etc/default/lxc and lxc-net that distributions install.
struct DistributionFiles: Sendable {
    let lxc: String
    let others: [String: String]
    let usesBridge: String

    static let including = """
        # LXC_AUTO - whether or not to start containers at boot
        LXC_AUTO="true"

        # BOOTGROUPS - What groups should start on bootup?
        #\tComma separated list of groups.
        BOOTGROUPS="onboot,"
        SHUTDOWNDELAY=5
        OPTIONS=
        STOPOPTS="-a -A -s"

        USE_LXC_BRIDGE="false"  # overridden in lxc-net

        [ ! -f /etc/default/lxc-net ] || . /etc/default/lxc-net
        """

    static let all = [
        // Debian
        DistributionFiles(
            lxc: including,
            others: [
                "/etc/default/lxc-net": """
                USE_LXC_BRIDGE="true"

                # Honor system's dnsmasq configuration
                #LXC_DHCP_CONFILE=/etc/dnsmasq.conf
                """
            ], usesBridge: "true"),
        // Ubuntu
        DistributionFiles(
            lxc: including,
            others: [
                "/etc/default/lxc-net": """
                # Leave USE_LXC_BRIDGE as "true" if you want to use lxcbr0 for your
                # containers.  Set to "false" if you'll use virbr0 or another existing
                # bridge, or mavlan to your host's NIC.
                USE_LXC_BRIDGE="true"
                LXC_BRIDGE="lxcbr0"
                LXC_ADDR="10.0.3.1"
                LXC_NETMASK="255.255.255.0"
                LXC_NETWORK="10.0.3.0/24"
                LXC_DHCP_RANGE="10.0.3.2,10.0.3.254"
                LXC_DHCP_MAX="253"
                #LXC_DHCP_CONFILE=/etc/lxc/dnsmasq.conf
                #LXC_DOMAIN="lxc"
                """
            ], usesBridge: "true"),
        // Alpine and Gentoo install no lxc-net file.
        DistributionFiles(lxc: including, others: [:], usesBridge: "false"),
    ]
}
