internal import CLinux

/// A setting of a network interface that netlink cannot change: see the kernel's ip-sysctl.rst.
package enum InterfaceSysctl {
    case ipv4AcceptRedirects
    /// 1: strict reverse path filtering (RFC 3704).
    case ipv4ReversePathFilter
    case ipv6AcceptRedirects
    case ipv6AcceptRouterAdvertisements
    case ipv6Disabled

    /// Needs CAP_NET_ADMIN over the namespace. Skips IPv6 settings on a kernel without IPv6.
    /// - Parameter interface: a valid name of an interface, which therefore contains no slash.
    package func set(_ value: UInt8, of interface: String) throws(Errno) {
        do throws(Errno) {
            let file = try Descriptor.open(path(interface), O_WRONLY)
            try file.write(once: [0x30 + value])
        } catch  where error == .ENOENT {}
    }

    private func path(_ interface: String) -> String {
        switch self {
        case .ipv4AcceptRedirects: "/proc/sys/net/ipv4/conf/\(interface)/accept_redirects"
        case .ipv4ReversePathFilter: "/proc/sys/net/ipv4/conf/\(interface)/rp_filter"
        case .ipv6AcceptRedirects: "/proc/sys/net/ipv6/conf/\(interface)/accept_redirects"
        case .ipv6AcceptRouterAdvertisements: "/proc/sys/net/ipv6/conf/\(interface)/accept_ra"
        case .ipv6Disabled: "/proc/sys/net/ipv6/conf/\(interface)/disable_ipv6"
        }
    }
}
