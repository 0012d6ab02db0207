using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.Email;

/// <summary>
/// What mails and their pages say besides the news, in one language. {0} is the portal's name or, in subjects, the headline.
/// </summary>
public sealed class Words : LocalizedTexts<Words>
{
    public string ConfirmSubject => Text();

    /// <summary>{1} is what is mailed: <see cref="Daily"/> or <see cref="Breaking"/>.</summary>
    public string ConfirmText => Text();

    public string ConfirmButton => Text();

    /// <summary>{0} is the number of hours.</summary>
    public string ConfirmIgnore => Text();

    public string Confirmed => Text();
    public string ConfirmExpired => Text();
    public string Daily => Text();
    public string Breaking => Text();

    /// <summary>{1} is the day.</summary>
    public string DigestSubject => Text();

    public string BreakingSubject => Text();
    public string CorrectionSubject => Text();
    public string WithdrawnSubject => Text();
    public string AmendedTitle => Text();
    public string NewsTitle => Text();
    public string UpdatedTitle => Text();
    public string Correction => Text();
    public string Withdrawn => Text();

    /// <summary>{0} is the number.</summary>
    public string More => Text();

    public string Read => Text();
    public string Unsubscribe => Text();
    public string UnsubscribeText => Text();
    public string Unsubscribed => Text();
    public string Unknown => Text();
    public string Home => Text();
}
