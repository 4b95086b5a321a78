/// Messages about the NICs of root's containers, which lxc-start creates itself, and about the
/// configuration of NICs inside any container.
extension LXCLogMessage {
    static func ofHostNetwork(_ host: LXCLogHost) -> [LXCLogMessage] {
        ofVirtualNICs(host) + ofAddresses + [
            .generic(
                "network-device",
                anyOf: [
                    Pattern("Failed to create network device"), Pattern("Failed to setup netdev"),
                    Pattern("Failed to setup network"), Pattern("Failed to setup ip addresses"),
                    Pattern("Failed to setup ipv6 addresses"),
                ], meaning: "A NIC of the container could not be set up."),
            .generic(
                "network", "Failed to create the network",
                meaning: "The container's network could not be created."),
        ]
    }

    private static func ofVirtualNICs(_ host: LXCLogHost) -> [LXCLogMessage] {
        let links = [
            Pattern("Failed to create macvlan interface"),
            Pattern("Failed to create ipvlan interface"),
            Pattern("Failed to create vlan interface"),
        ]
        return [
            LXCLogMessage(
                "veth-module", Pattern("Failed to create veth pair"),
                errno: .EOPNOTSUPP, .ENODEV,
                meaning: "The kernel cannot create veth pairs: its module veth is not loaded, and "
                    + "was not loaded on demand.",
                fix: LXCLogHost.load("veth", "CONFIG_VETH")),
            LXCLogMessage(
                "veth-exists", Pattern("Failed to create veth pair"), errno: .EEXIST,
                meaning: "An interface with the name that lxc.net.N.veth.pair sets exists already, "
                    + "perhaps that of a container that is still stopping.",
                advice: "write another name, or remove the line"),
            LXCLogMessage(
                "veth-mtu", Pattern("Failed to create veth pair"), errno: .EINVAL, .ERANGE,
                meaning: "The kernel rejects the veth's MTU, which is lxc.net.N.mtu or that of "
                    + "lxc.net.N.link.",
                advice: "write an MTU from 68 to 65535, and a bridge in lxc.net.N.link"),
            LXCLogMessage(
                "veth-denied", Pattern("Failed to create veth pair"),
                errno: .EPERM, .EACCES,
                meaning: "lxc-start may not create network interfaces in this network namespace: "
                    + "root has no CAP_NET_ADMIN here, as in a container.",
                advice: "start the container on the host, or in a container that owns its network "
                    + "namespace"),
            LXCLogMessage(
                "no-bridge", Pattern("to bridge", "bridge interface doesn't exist"),
                meaning: "The bridge that lxc.net.N.link names does not exist.",
                fix: [host.startNetwork],
                advice: "if lxc.net.N.link names the wrong bridge, correct it"),
            LXCLogMessage(
                "not-a-bridge", Pattern("Failed to attach", "to bridge"),
                errno: .EOPNOTSUPP, .EINVAL,
                meaning: "lxc.net.N.link names an interface that is not a bridge.",
                advice: "write a bridge's name there, such as lxcbr0"),
            LXCLogMessage(
                "link-module", anyOf: links, errno: [.EOPNOTSUPP],
                meaning: "The kernel cannot create an interface of this type: its module is not "
                    + "loaded, and was not loaded on demand.",
                advice: "as root, run modprobe with the type (macvlan, ipvlan or 8021q); if the "
                    + "module does not exist after a kernel update, reboot"),
            LXCLogMessage(
                "link-missing", anyOf: links + [Pattern("Failed to retrieve ifindex for")],
                errno: [.ENODEV, .EINVAL],
                meaning: "The interface that lxc.net.N.link names does not exist on the host, or "
                    + "cannot have interfaces of this type, as lo cannot.",
                advice: "correct lxc.net.N.link; ip link lists the interfaces"),
            LXCLogMessage(
                "link-busy", anyOf: links, errno: [.EBUSY],
                meaning: "The interface that lxc.net.N.link names is already in use: it is a port "
                    + "of a bridge, or has interfaces of the other type (macvlan or ipvlan).",
                advice: "name another interface, or use lxc.net.N.type = veth with a bridge"),
            LXCLogMessage(
                "link-unset", Pattern("No link for", "specified"),
                meaning: "This type of NIC needs an interface of the host in lxc.net.N.link.",
                advice: "write lxc.net.N.link"),
            LXCLogMessage(
                "rename-nic", Pattern("Failed to rename network device"),
                Pattern("Failed to move network device"), errno: .EEXIST,
                meaning: "Two NICs of the container have the same name.",
                advice: "give each NIC a different lxc.net.N.name"),
            LXCLogMessage(
                "veth-ipv6", Pattern("Failed to disable IPv6 link-local addresses for veth pair"),
                errno: .EROFS, .EACCES, .EPERM,
                meaning: "LXC 6 and later turn off IPv6 on the host's end of a veth, but /proc/sys "
                    + "is read-only here, as in a container.",
                advice: "start the container on the host, or mount /proc/sys writable in the "
                    + "container that is its host"),
            LXCLogMessage(
                "altnames", Pattern("Failed to save and cleanup altnames for interface"),
                Pattern("Failed to get altnames for interface"),
                Pattern("Failed to delete altname"), Pattern("Failed to restore altname"),
                meaning: "LXC 7 removes the alternative names of an interface of the host that it "
                    + "moves into a container, and restores them afterwards; the kernel refused.",
                advice: "run ip link show INTERFACE, and remove its alternative names with ip link "
                    + "property del"),
            LXCLogMessage(
                "vlan-filtering", Pattern("vlan_filtering is not enabled on"),
                meaning: "lxc.net.N.veth.vlan.id needs a bridge that filters VLANs.",
                advice: "as root, run ip link set BRIDGE type bridge vlan_filtering 1"),
            LXCLogMessage(
                "vlan-unsupported", Pattern("Failed reading from", "/bridge/vlan_filtering"),
                errno: .ENOENT,
                meaning: "This kernel's bridges cannot filter VLANs, which lxc.net.N.veth.vlan.id "
                    + "needs.",
                advice: "remove the line, or boot a kernel with CONFIG_BRIDGE_VLAN_FILTERING=y"),
            LXCLogMessage(
                "open-vswitch", Pattern("from openvswitch bridge"),
                Pattern("to openvswitch bridge"),
                Pattern("Failed to setup openvswitch"),
                meaning: "lxc.net.N.link is not a Linux bridge, so LXC took it for an Open "
                    + "vSwitch bridge. The rest of the line is what ovs-vsctl printed.",
                advice: "write the name of a bridge, or follow that message if it is an Open "
                    + "vSwitch bridge"),
        ]
    }

    private static var ofAddresses: [LXCLogMessage] {
        [
            LXCLogMessage(
                "mtu", Pattern("Failed to set mtu"), Pattern("Failed to parse mtu"),
                errno: .EINVAL, .ERANGE,
                meaning: "lxc.net.N.mtu is not a number that the interface accepts.",
                advice: "correct it: a veth accepts 68 to 65535, other types at most the MTU of "
                    + "their link"),
            LXCLogMessage(
                "hwaddr", Pattern("Failed to setup hw address"), Pattern("Failed to perform ioctl"),
                errno: .EADDRNOTAVAIL, .EINVAL,
                meaning: "The kernel rejects lxc.net.N.hwaddr: it is all zeros, or the lowest bit "
                    + "of its first byte is set, as in multicast addresses.",
                advice: "correct it, or remove the line"),
            LXCLogMessage(
                "hwaddr-form", Pattern("Mac address", "conversion failed"),
                meaning: "lxc.net.N.hwaddr is not six pairs of hexadecimal digits.",
                advice: "correct it, or remove the line"),
            LXCLogMessage(
                "gateway-unreachable", Pattern("Failed to setup ipv4 gateway"),
                Pattern("Failed to setup ipv6 gateway"),
                errno: .ENETUNREACH, .EHOSTUNREACH,
                meaning: "The gateway is outside the network of the NIC's address.",
                advice: "correct the gateway, or the prefix length of the address"),
            LXCLogMessage(
                "gateway-alone", Pattern("Cannot add", "gateway for network device"),
                meaning: "A gateway needs lxc.net.N.flags = up and an address on the same NIC.",
                advice: "write both, or remove the gateway"),
            LXCLogMessage(
                "gateway-auto", Pattern("Failed to automatically find", "gateway address"),
                Pattern("Automatic gateway detection needs a link"),
                meaning: "A gateway \"auto\" is the address of lxc.net.N.link, which has none.",
                advice: "give the bridge an address, or write the gateway's address"),
            LXCLogMessage(
                "nic-sysctl", Pattern("Requires sysctl net."),
                meaning: "lxc.net.N.l2proxy needs the kernel setting that the message names.",
                advice: "as root, set it with sysctl -w, and in a file of /etc/sysctl.d"),
            .generic(
                "find-gateway", "Failed to find gateway addresses",
                meaning: "The gateway of a NIC could not be determined."),
        ]
    }
}
