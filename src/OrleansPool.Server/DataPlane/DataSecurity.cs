using OrleansPool.Server.Hosting;
using OrleansPool.Transport.Channels;

namespace OrleansPool.Server.DataPlane;

/// <summary>How a node secures the connections that it takes, and those that it makes to other nodes.</summary>
internal static class DataSecurity
{
    public static ServerSecurity? OfServer(OrleansPoolOptions options) => options.DataCertificateFile is { } file
        ? new PemSecurity(file, options.DataCertificateKeyFile, options.DataAuthorityFile).ForServer()
        : null;

    public static ClientSecurity? OfClient(OrleansPoolOptions options) => options.DataCertificateFile is { } file
        ? new PemSecurity(file, options.DataCertificateKeyFile, options.DataAuthorityFile).ForClient()
        : null;
}
