internal import CLinux

/// A setting of one network interface that the kernel has no message for (ip-sysctl.rst).
package enum InterfaceSysctl {
    case ipv4AcceptRedirects
    /// 1: what comes in must come from where an answer would go to.
    case ipv4ReversePathFilter
    case ipv6AcceptRedirects
    case ipv6AcceptRouterAdvertisements
    case ipv6Disabled

    /// Needs CAP_NET_ADMIN over the interface's network namespace. A kernel without IPv6 has
    /// nothing to set.
    /// - Parameter interface: its name, valid as such and so no path.
    package func set(_ value: UInt8, of interface: String) throws(Errno) {
        do throws(Errno) {
            let file = try Descriptor.open(path(interface), O_WRONLY)
            var digit = 0x30 + value
            try call { unsafe write(file.number, &digit, 1) }
        } catch  where error == .notFound {}
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
