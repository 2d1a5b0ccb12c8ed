"""Mail domains where anybody can have an address, and which therefore belong to no customer."""

from typing import Final

PUBLIC_DOMAINS: Final = frozenset(
    {
        # Google, Microsoft, Apple, Yahoo and AOL
        "gmail.com", "googlemail.com",
        "outlook.com", "outlook.fr", "outlook.es", "outlook.pt", "outlook.com.br", "outlook.de", "outlook.it",
        "hotmail.com", "hotmail.fr", "hotmail.es", "hotmail.co.uk", "hotmail.it", "hotmail.de", "hotmail.be",
        "live.com", "live.fr", "live.be", "live.nl", "live.co.uk", "live.com.pt", "live.com.mx", "msn.com",
        "passport.com", "windowslive.com",
        "icloud.com", "me.com", "mac.com",
        "yahoo.com", "yahoo.fr", "yahoo.es", "yahoo.it", "yahoo.de", "yahoo.co.uk", "yahoo.com.br",
        "yahoo.com.ar", "yahoo.com.mx", "yahoo.ca", "yahoo.in", "yahoo.co.in", "yahoo.co.jp", "ymail.com",
        "rocketmail.com", "aol.com", "aim.com",
        # Mail that is sold or given to anybody
        "proton.me", "protonmail.com", "protonmail.ch", "pm.me", "tutanota.com", "tutanota.de", "tuta.io",
        "tuta.com", "fastmail.com", "fastmail.fm", "hey.com", "zoho.com", "zohomail.com", "zohomail.eu",
        "mail.com", "email.com", "hushmail.com", "mailfence.com", "posteo.de", "posteo.net", "mailbox.org",
        "gmx.com", "gmx.net", "gmx.de", "gmx.at", "gmx.ch", "gmx.fr", "gmx.es", "web.de", "t-online.de",
        "freenet.de", "inbox.com", "inbox.lv", "duck.com", "simplelogin.com",
        # Portugal, Brazil, Spain and Latin America
        "sapo.pt", "mail.pt", "clix.pt", "iol.pt", "netcabo.pt", "telepac.pt", "net.sapo.pt", "aeiou.pt",
        "portugalmail.pt", "portugalmail.com", "meo.pt", "vodafone.pt",
        "uol.com.br", "bol.com.br", "terra.com.br", "ig.com.br", "globo.com", "globomail.com", "r7.com",
        "oi.com.br", "zipmail.com.br", "superig.com.br",
        "terra.es", "telefonica.net", "movistar.es", "ono.com", "ya.com", "wanadoo.es", "terra.com",
        "prodigy.net.mx", "fibertel.com.ar", "speedy.com.ar",
        # France, Belgium, Switzerland, Canada
        "orange.fr", "wanadoo.fr", "free.fr", "laposte.net", "sfr.fr", "neuf.fr", "bbox.fr", "numericable.fr",
        "club-internet.fr", "aliceadsl.fr", "cegetel.net", "noos.fr", "voila.fr", "skynet.be", "telenet.be",
        "proximus.be", "bluewin.ch", "hispeed.ch", "videotron.ca", "sympatico.ca",
        # Elsewhere
        "btinternet.com", "sky.com", "virginmedia.com", "ntlworld.com", "talktalk.net", "blueyonder.co.uk",
        "comcast.net", "verizon.net", "att.net", "sbcglobal.net", "bellsouth.net", "cox.net", "charter.net",
        "earthlink.net", "libero.it", "virgilio.it", "tiscali.it", "alice.it", "tin.it", "kpnmail.nl",
        "ziggo.nl", "home.nl", "xs4all.nl", "seznam.cz", "centrum.cz", "wp.pl", "o2.pl", "onet.pl",
        "interia.pl", "abv.bg", "mail.ru", "bk.ru", "list.ru", "inbox.ru", "yandex.ru", "yandex.com", "ya.ru",
        "rambler.ru", "ukr.net", "qq.com", "163.com", "126.com", "sina.com", "sohu.com", "foxmail.com",
        "naver.com", "hanmail.net", "daum.net", "rediffmail.com", "docomo.ne.jp", "ezweb.ne.jp",
        "softbank.ne.jp",
        # Thrown away after a minute
        "mailinator.com", "guerrillamail.com", "10minutemail.com", "yopmail.com", "yopmail.fr",
        "trashmail.com", "temp-mail.org", "maildrop.cc", "sharklasers.com", "getnada.com",
    }
)  # fmt: skip


def is_public(domain: str) -> bool:
    """Whether anybody can have an address at that normalised domain."""
    return domain in PUBLIC_DOMAINS
