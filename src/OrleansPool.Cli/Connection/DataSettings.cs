using OrleansPool.Client.Hosting;

namespace OrleansPool.Cli.Connection;

/// <summary>What the data ports of the silos ask of whoever connects to them.</summary>
/// <param name="Key">What they ask to know; null for nothing.</param>
/// <param name="UsesTls">Whether they speak TLS.</param>
/// <param name="AuthorityFile">The authorities of their certificates, as a PEM file; null for those that the machine trusts.</param>
/// <param name="CertificateFile">The certificate to show, as a PEM file; null for none.</param>
/// <param name="CertificateKeyFile">Its private key, as a PEM file; null where it is in the same file.</param>
internal sealed record DataSettings(
    string? Key = null, bool UsesTls = false, string? AuthorityFile = null, string? CertificateFile = null, string? CertificateKeyFile = null)
{
    public void ApplyTo(OrleansPoolClientOptions options)
    {
        options.DataKey = Key;
        options.UsesDataTls = UsesTls;
        options.DataAuthorityFile = AuthorityFile;
        options.DataCertificateFile = CertificateFile;
        options.DataCertificateKeyFile = CertificateKeyFile;
    }
}
