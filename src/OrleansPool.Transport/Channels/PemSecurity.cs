using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace OrleansPool.Transport.Channels;

/// <summary>TLS by PEM files, which are read anew when they change, so that certificates are renewed without a restart.</summary>
/// <param name="certificateFile">The certificate that this end shows; null for none.</param>
/// <param name="keyFile">Its private key; null where it is in the same file.</param>
/// <param name="authorityFile">The authorities that the other end's certificate must come from; null for those that the machine trusts, and, at the accepting end, for not asking.</param>
/// <remarks>Thread-safe. A file that cannot be read when it has changed leaves the certificate before it in use, for as long as that is valid.
/// Public for the other assemblies of OrleansPool only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class PemSecurity(string? certificateFile, string? keyFile, string? authorityFile)
{
    private readonly Lock _lock = new();
    private DateTime _certificateOf;
    private DateTime _authoritiesOf;
    private X509Certificate2? _certificate;
    private X509Certificate2Collection? _authorities;

    /// <summary>For the end that accepts.</summary>
    public ServerSecurity ForServer() => new(() =>
    {
        (X509Certificate2? certificate, X509Certificate2Collection? authorities) = Load();
        return new SslServerAuthenticationOptions
        {
            ServerCertificate = certificate,
            ClientCertificateRequired = authorities is not null,
            RemoteCertificateValidationCallback = authorities is null ? null : (_, shown, _, _) => IsFrom(shown, authorities),
        };
    });

    /// <summary>For the end that connects.</summary>
    public ClientSecurity ForClient() => new(host =>
    {
        (X509Certificate2? certificate, X509Certificate2Collection? authorities) = Load();
        return new SslClientAuthenticationOptions
        {
            TargetHost = host,
            ClientCertificates = certificate is null ? null : [certificate],
            RemoteCertificateValidationCallback = authorities is null
                ? null
                : (_, shown, _, errors) => (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) == 0 && IsFrom(shown, authorities),
        };
    });

    private static bool IsFrom(X509Certificate? shown, X509Certificate2Collection authorities)
    {
        if (shown is null) return false;
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(shown as X509Certificate2 ?? X509CertificateLoader.LoadCertificate(shown.GetRawCertData()));
    }

    private (X509Certificate2?, X509Certificate2Collection?) Load()
    {
        lock (_lock)
        {
            if (certificateFile is not null && HasChanged(certificateFile, keyFile, ref _certificateOf)) Read(ref _certificate, ReadCertificate);
            if (authorityFile is not null && HasChanged(authorityFile, null, ref _authoritiesOf)) Read(ref _authorities, ReadAuthorities);
            return (_certificate, _authorities);
        }
    }

    /// <summary>Reads a file; one that is being renewed just now is read again when it has changed once more.</summary>
    private static void Read<T>(ref T? known, Func<T> read)
        where T : class
    {
        try
        {
            known = read();
        }
        catch (Exception e) when (known is not null && e is (CryptographicException or IOException or ArgumentException or UnauthorizedAccessException))
        {
            // What was read before stays in use.
        }
    }

    private X509Certificate2 ReadCertificate()
    {
        // Through PKCS #12, because a key that came from PEM is ephemeral, which not every TLS library takes.
        using X509Certificate2 read = X509Certificate2.CreateFromPemFile(certificateFile!, keyFile);
        return X509CertificateLoader.LoadPkcs12(read.Export(X509ContentType.Pkcs12), null);
    }

    private X509Certificate2Collection ReadAuthorities()
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(authorityFile!);
        return authorities.Count > 0 ? authorities : throw new CryptographicException($"{authorityFile} holds no certificate.");
    }

    private static bool HasChanged(string file, string? other, ref DateTime known)
    {
        DateTime written = File.GetLastWriteTimeUtc(file);
        if (other is not null && File.GetLastWriteTimeUtc(other) is var later && later > written) written = later;
        if (written == known) return false;
        known = written;
        return true;
    }
}
