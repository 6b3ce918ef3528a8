using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace OrleansPool.Server.Tests.DataPlane;

/// <summary>Two silos with data ports, on which calls that carry bytes are counted.</summary>
public sealed class DataPlaneCluster : IAsyncLifetime
{
    public FabricCluster Fabric { get; private set; } = null!;

    public CountedCalls Calls { get; } = new();

    public async ValueTask InitializeAsync() => Fabric = await FabricCluster.StartAsync(
        2, pool => pool.Capacity("64MiB"), silo => silo.AddIncomingGrainCallFilter(Calls.FilterAsync));

    public async ValueTask DisposeAsync()
    {
        await Fabric.AssertNothingLeasedAsync(PoolNames.Default);
        await Fabric.DisposeAsync();
    }

    /// <summary>A certificate for loopback that vouches for itself, in files.</summary>
    public static (string Certificate, string Key) MakeCertificate(string folder)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        (string Certificate, string Key) files = (Path.Combine(folder, "certificate.pem"), Path.Combine(folder, "key.pem"));
        File.WriteAllText(files.Certificate, certificate.ExportCertificatePem());
        File.WriteAllText(files.Key, key.ExportPkcs8PrivateKeyPem());
        return files;
    }
}
