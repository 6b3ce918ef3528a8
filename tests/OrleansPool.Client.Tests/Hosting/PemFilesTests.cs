using OrleansPool.Client.Hosting;
using OrleansPool.Server.Tests.DataPlane;

namespace OrleansPool.Client.Tests.Hosting;

/// <summary>A file that cannot secure a data port is told with the setting that names it and what it must hold.</summary>
public sealed class PemFilesTests : IDisposable
{
    private const string Certificate = "DataCertificateFile";
    private const string Key = "DataCertificateKeyFile";
    private const string Authority = "DataAuthorityFile";

    private readonly LoopbackCertificate _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void No_file_and_files_that_can_be_used_are_no_problem()
    {
        Assert.Empty(Problems(null, null, null));
        Assert.Empty(Problems(null, null, _files.CertificateFile));
        Assert.Empty(Problems(_files.CertificateFile, _files.KeyFile, _files.CertificateFile));
        string both = _files.Write("both.pem", File.ReadAllText(_files.CertificateFile) + "\n" + File.ReadAllText(_files.KeyFile));
        Assert.Empty(Problems(both, null, null));
    }

    [Fact]
    public void Every_file_that_is_missing_is_named() =>
        Assert.Equal(
            [
                $"{Certificate} is 'a.pem': there is no such file. Name a PEM file that this process may read.",
                $"{Key} is 'b.pem': there is no such file. Name a PEM file that this process may read.",
                $"{Authority} is 'c.pem': there is no such file. Name a PEM file that this process may read.",
            ],
            Problems("a.pem", "b.pem", "c.pem"));

    [Theory]
    [InlineData("")]
    [InlineData("nothing")]
    [InlineData("-----BEGIN CERTIFICATE-----\nbm90aGluZw==\n-----END CERTIFICATE-----\n")]
    public void Authorities_that_are_none_are_told_with_what_must_be_there(string text)
    {
        string file = _files.Write("other.pem", text);
        string problem = Assert.Single(Problems(null, null, file));
        Assert.StartsWith($"{Authority} is '{file}': ", problem, StringComparison.Ordinal);
        Assert.EndsWith("beginning with -----BEGIN CERTIFICATE-----.", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_certificate_without_its_own_key_is_told_with_where_the_key_must_be()
    {
        string alone = Assert.Single(Problems(_files.CertificateFile, null, null));
        Assert.StartsWith($"{Certificate} is '{_files.CertificateFile}': ", alone, StringComparison.Ordinal);
        Assert.EndsWith($"in the same file, or in one that {Key} names.", alone, StringComparison.Ordinal);

        using var others = new LoopbackCertificate();
        string mismatch = Assert.Single(Problems(_files.CertificateFile, others.KeyFile, null));
        Assert.EndsWith($"in {Key} '{others.KeyFile}'.", mismatch, StringComparison.Ordinal);

        string keyOnly = Assert.Single(Problems(null, _files.KeyFile, null));
        Assert.Contains($"{Certificate} is not set", keyOnly, StringComparison.Ordinal);
    }

    private static string[] Problems(string? certificate, string? key, string? authority) =>
        [.. PemFiles.Problems((Certificate, certificate), (Key, key), (Authority, authority))];
}
