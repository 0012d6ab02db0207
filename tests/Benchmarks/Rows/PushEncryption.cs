using System.Security.Cryptography;
using NewsPlatform.Notifications.WebPush;

namespace NewsPlatform.Benchmarks.Rows;

/// <summary>
/// How many pushes one core encrypts in a second and does nothing else.
/// </summary>
static class PushEncryption
{
    static readonly TimeSpan measured = TimeSpan.FromSeconds(5);

    /// <summary>Messages of so many bytes that one core encrypts in a second.</summary>
    public static double OfMessages(int bytes)
    {
        using var browser = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        var point = MessageEncryption.Point(browser.ExportParameters(includePrivateParameters: false));
        var (auth, message) = (RandomNumberGenerator.GetBytes(16), RandomNumberGenerator.GetBytes(bytes));
        return PerSecond(() => MessageEncryption.Encrypt(message, point, auth, padding: 256));
    }

    static double PerSecond(Action act)
    {
        for (var i = 0; i < 500; i++)
        {
            act();
        }
        // By the processor's time, so that what else runs on the machine does not matter.
        var (began, count) = (Environment.CpuUsage.TotalTime, 0);
        for (; Environment.CpuUsage.TotalTime - began < measured; count++)
        {
            act();
        }
        return count / (Environment.CpuUsage.TotalTime - began).TotalSeconds;
    }
}
