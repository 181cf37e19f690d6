//! Fingerprints of certificates (RFC 8122 §5).

mod announce;
mod properties;
mod value;
mod verify;

/// The certificates, by the hash function and the algorithm that they are signed with; see their README.
mod certificate {
    pub(crate) const ECDSA_SHA256: &[u8] = include_bytes!("certificates/ecdsa-sha256.der");
    pub(crate) const ECDSA_SHA384: &[u8] = include_bytes!("certificates/ecdsa-sha384.der");
    pub(crate) const ED25519: &[u8] = include_bytes!("certificates/ed25519.der");
    pub(crate) const RSA_MD5: &[u8] = include_bytes!("certificates/rsa-md5.der");
    pub(crate) const RSA_PSS_SHA1: &[u8] = include_bytes!("certificates/rsa-pss-sha1.der");
    pub(crate) const RSA_PSS_SHA384: &[u8] = include_bytes!("certificates/rsa-pss-sha384.der");
    pub(crate) const RSA_SHA1: &[u8] = include_bytes!("certificates/rsa-sha1.der");
    pub(crate) const RSA_SHA224: &[u8] = include_bytes!("certificates/rsa-sha224.der");
    pub(crate) const RSA_SHA256: &[u8] = include_bytes!("certificates/rsa-sha256.der");
    pub(crate) const RSA_SHA512: &[u8] = include_bytes!("certificates/rsa-sha512.der");
}

/// What OpenSSL says about some of them.
mod printed {
    pub(crate) const RSA_SHA1_BY_SHA1: &str =
        "sha-1 44:78:10:73:38:6A:28:50:35:D6:AF:7D:D2:B5:0E:4C:1B:4B:E1:CC";
    pub(crate) const RSA_SHA1_BY_SHA256: &str = "sha-256 00:4F:DE:3D:A5:24:88:39:59:43:08:2A:A2:E7:89:F2:\
         87:3B:D5:4E:77:9B:FB:F5:E4:26:B7:11:46:BF:00:E7";
    pub(crate) const RSA_SHA256_BY_MD5: &str = "md5 34:4F:13:8C:D4:C8:91:D1:10:17:53:6A:10:00:68:FC";
    pub(crate) const RSA_SHA256_BY_SHA1: &str =
        "sha-1 A7:3A:D7:C6:85:55:09:4F:E8:68:F3:9B:AA:F3:03:63:AE:AB:9B:51";
    pub(crate) const RSA_SHA256_BY_SHA224: &str = "sha-224 88:F6:D4:02:A0:F1:6B:4A:14:B9:BB:06:FA:18:74:97:\
         45:AA:C0:03:15:E0:F3:9F:50:24:76:12";
    pub(crate) const RSA_SHA256_BY_SHA256: &str = "sha-256 AF:A9:F3:33:1E:F0:E2:0F:8A:5A:A3:C6:0F:6A:E9:4E:\
         D7:21:4E:80:DE:57:F6:C1:62:52:A1:1F:CE:1C:6A:0C";
    pub(crate) const RSA_SHA256_BY_SHA384: &str = "sha-384 FC:A4:BF:90:5E:7C:08:34:DA:09:B6:C1:20:3B:63:D4:\
         50:AC:73:49:9E:1D:32:13:A9:C8:86:97:26:CE:12:64:C6:5B:3C:3F:A0:36:2A:A8:6D:C2:4D:8D:D4:33:98:ED";
    pub(crate) const RSA_SHA256_BY_SHA512: &str = "sha-512 EE:20:DF:60:30:91:28:43:BC:8C:8A:1F:70:68:0C:A6:\
         F0:96:EF:A8:4D:AA:86:17:8F:D2:EC:D6:6A:62:6A:C4:DF:47:1F:06:D4:F7:FF:49:28:5C:49:78:FB:53:A6:87:\
         FF:1A:97:AA:A9:73:E2:A8:B1:98:BE:20:1B:34:46:3C";
}
