using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace OrleansPool.Client.Hosting;

/// <summary>Checks the files that secure a data port, so that what is wrong with one is told at the start and not with each connection.</summary>
/// <remarks>Public for the other assemblies of OrleansPool only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class PemFiles
{
    /// <summary>What is wrong with the files, each beside the setting that names it.</summary>
    /// <param name="certificate">The certificate that is shown.</param>
    /// <param name="key">Its private key; no file where it is beside the certificate.</param>
    /// <param name="authority">The authorities that the other end's certificate must come from.</param>
    /// <returns>Sentences that name the setting, the file and what to do; none where all is well.</returns>
    public static IEnumerable<string> Problems(
        (string Setting, string? File) certificate, (string Setting, string? File) key, (string Setting, string? File) authority)
    {
        bool isMissing = false;
        foreach ((string setting, string? file) in new[] { certificate, key, authority })
        {
            if (file is null || File.Exists(file)) continue;
            isMissing = true;
            yield return $"{setting} is '{file}': there is no such file. Name a PEM file that this process may read.";
        }

        if (isMissing) yield break;
        if (authority.File is { } authorities && Problem(() => ReadAuthorities(authorities)) is { } wrong)
        {
            yield return $"{authority.Setting} is '{authorities}': {wrong} It must hold the authorities' certificates as PEM, beginning with -----BEGIN CERTIFICATE-----.";
        }

        if (certificate.File is not { } shown)
        {
            if (key.File is not null) yield return $"{key.Setting} is '{key.File}' and {certificate.Setting} is not set: name the certificate that the key belongs to.";
        }
        else if (Problem(() => ReadCertificate(shown, key.File)) is { } unusable)
        {
            string where = key.File is { } other ? $"{key.Setting} '{other}'" : $"the same file, or in one that {key.Setting} names";
            yield return $"{certificate.Setting} is '{shown}': {unusable} It must hold a certificate as PEM, and its private key must be, without a password, in {where}.";
        }
    }

    private static string? Problem(Action read)
    {
        try
        {
            read();
            return null;
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            return e.Message.EndsWith('.') ? e.Message : $"{e.Message}.";
        }
    }

    private static void ReadCertificate(string file, string? keyFile)
    {
        using X509Certificate2 read = X509Certificate2.CreateFromPemFile(file, keyFile);
    }

    private static void ReadAuthorities(string file)
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(file);
        if (authorities.Count == 0) throw new CryptographicException("It holds no certificate.");
        foreach (X509Certificate2 authority in authorities) authority.Dispose();
    }
}
