using System.CommandLine;
using OrleansPool.Cli.Connection;
using OrleansPool.Client.Hosting;

namespace OrleansPool.Cli.Commands;

/// <summary>
/// The global options for data ports that are secured. What is not given comes from the variable that the silo and the dashboard read
/// too, so that one environment serves all three and the key stands on no command line.
/// </summary>
internal sealed class DataOptions
{
    private const string Section = "OrleansPool__";

    private readonly Option<string> _key = Text("--data-key", nameof(OrleansPoolClientOptions.DataKey), "KEY", "What the silos' data ports ask to know.");

    private readonly Option<bool> _tls = new("--data-tls")
    {
        Description = $"The silos' data ports speak TLS. Any of the files below says so as well, and {Variable(nameof(OrleansPoolClientOptions.UsesDataTls))}.",
        Recursive = true,
    };

    private readonly Option<string> _authority = Text(
        "--data-authority", nameof(OrleansPoolClientOptions.DataAuthorityFile), "FILE",
        "PEM file with the authorities of the data ports' certificates; those that the machine trusts by default.");

    private readonly Option<string> _certificate = Text(
        "--data-certificate", nameof(OrleansPoolClientOptions.DataCertificateFile), "FILE", "PEM file with the certificate to show to the data ports.");

    private readonly Option<string> _certificateKey = Text(
        "--data-certificate-key", nameof(OrleansPoolClientOptions.DataCertificateKeyFile), "FILE",
        "PEM file with the certificate's private key, where it is not in the same file.");

    public IEnumerable<Option> All => [_key, _tls, _authority, _certificate, _certificateKey];

    /// <exception cref="FormatException">A file or a variable cannot be used.</exception>
    public DataSettings Read(ParseResult parsed)
    {
        (string Setting, string? File) certificate = Value(parsed, _certificate, nameof(OrleansPoolClientOptions.DataCertificateFile));
        (string Setting, string? File) certificateKey = Value(parsed, _certificateKey, nameof(OrleansPoolClientOptions.DataCertificateKeyFile));
        (string Setting, string? File) authority = Value(parsed, _authority, nameof(OrleansPoolClientOptions.DataAuthorityFile));
        string problems = string.Join(' ', PemFiles.Problems(certificate, certificateKey, authority));
        if (problems.Length > 0) throw new FormatException(problems);
        bool usesTls = parsed.GetValue(_tls) || UsesTlsByVariable() || (certificate.File ?? authority.File) is not null;
        return new DataSettings(
            Value(parsed, _key, nameof(OrleansPoolClientOptions.DataKey)).Text, usesTls, authority.File, certificate.File, certificateKey.File);
    }

    private static Option<string> Text(string name, string setting, string helpName, string description) => new(name)
    {
        Description = $"{description} {Variable(setting)} where it is not given.",
        Recursive = true,
        HelpName = helpName,
    };

    private static string Variable(string setting) => Section + setting;

    /// <summary>The value of an option, or of its variable, beside the name of the one that it came from. What is empty is not set.</summary>
    private static (string Source, string? Text) Value(ParseResult parsed, Option<string> option, string setting)
    {
        if (parsed.GetValue(option) is { Length: > 0 } given) return (option.Name, given);
        string variable = Variable(setting);
        return Environment.GetEnvironmentVariable(variable) is { Length: > 0 } set ? (variable, set) : (option.Name, null);
    }

    private static bool UsesTlsByVariable()
    {
        string variable = Variable(nameof(OrleansPoolClientOptions.UsesDataTls));
        string? text = Environment.GetEnvironmentVariable(variable);
        if (string.IsNullOrEmpty(text)) return false;
        return bool.TryParse(text, out bool value) ? value : throw new FormatException($"{variable} is '{text}': write true or false.");
    }
}
