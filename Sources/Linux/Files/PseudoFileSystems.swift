/// File systems whose files the kernel generates, by their numbers in statfs(2). Opening or reading
/// such a file can have side effects, and its contents describe the reader or the host instead of
/// what a user wrote.
enum PseudoFileSystems {
    /// - Parameter magic: `f_type` of statfs(2).
    static func contain(magic: UInt32) -> Bool { magics.contains { $0 == magic } }

    // From linux/magic.h, or from the source of the file system if that header does not define it.
    private static let magics: [UInt32] = [
        0x9fa0,  // proc
        0x6265_6572,  // sysfs
        0x27_e0eb,  // cgroup
        0x6367_7270,  // cgroup2
        0x0765_5821,  // resctrl
        0x1cd1,  // devpts
        0x6462_6720,  // debugfs
        0x7472_6163,  // tracefs
        0x7363_6673,  // securityfs
        0xf97c_ff8c,  // selinuxfs
        0x4341_5d53,  // smackfs
        0x5a3c_69f0,  // apparmorfs
        0x6165_676c,  // pstore
        0xde5e_81e4,  // efivarfs
        0xcafe_4a11,  // bpf
        0x6265_6570,  // configfs
        0x6573_5543,  // fusectl
        0x4249_4e4d,  // binfmt_misc
        0x1980_0202,  // mqueue
        0x6759_6969,  // rpc_pipefs
        0x6e66_7364,  // nfsd
        0x6e73_6673,  // nsfs
        0x5049_4446,  // pidfs
        0x5049_5045,  // pipefs
        0x534f_434b,  // sockfs
        0x0904_1934,  // anonymous inodes
        0x6264_6576,  // block devices
        0x0187,  // autofs, while nothing is mounted there
        0x9fa1,  // openpromfs
        0x9fa2,  // usbdevfs
        0x6c6f_6f70,  // binder
        0xabba_1974,  // xenfs
        0x9584_58f6,  // hugetlbfs
        0x444d_4142,  // DMA buffers
        0x454d_444d,  // devmem
        0x5345_434d,  // secret memory
    ]
}
